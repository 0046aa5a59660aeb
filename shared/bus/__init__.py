"""The bus: how calls and events travel, who may send them, and what stands on the broker for them.

what travels   wire.py bytes and headers; topology.py exchanges and queues; connections.py, transport.py connections
who comes in   admission.py what the broker says of a call; grants.py who may call what, questions.py what our own
               services ask; broker_rights.py, rabbitmq_api.py what users may do on RabbitMQ
who sends      client.py calls with a deadline; replies.py answers; publisher.py events, confirmed
"""
